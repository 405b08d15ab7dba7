// CommonJS: a Node that can require() an ES module does, and one that cannot says so itself.
const assert = require('node:assert/strict');

try {
  assert.equal(typeof require('rxcql').connect, 'function');
} catch (error) {
  assert.equal(error.code, 'ERR_REQUIRE_ESM');
}
import('rxcql').then(({ connect }) => {
  assert.equal(typeof connect, 'function');
  console.log('The CommonJS consumer is content.');
});
