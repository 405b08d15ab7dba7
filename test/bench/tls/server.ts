// Answers what the clients ask, with TLS and without, in a process of its own, so that only the clients are measured. Both ways lead
// through a proxy.
import { cql, cqlServer, opcode, prepared, rawResponse, rows, when } from 'rxcql/testing';
import { Certificates } from '../../support/certificates.js';
import { proxyTo } from '../../support/proxy.js';
import { tlsProxyTo } from '../../support/tls-proxy.js';
import { PAGE, POINT_READ, ROW_LENGTH, ROWS, type Server } from './workloads.js';

/** `<kind int> <flags int> <columns int> <keyspace> <table> <name> <type> <rows int> ROWS x <value bytes>` */
function page(): Buffer {
  const string = (text: string): Buffer => Buffer.concat([Buffer.from([0, text.length]), Buffer.from(text)]);
  const int = (value: number): Buffer => Buffer.from([value >> 24, value >> 16, value >> 8, value]);
  const row = Buffer.concat([int(ROW_LENGTH), Buffer.alloc(ROW_LENGTH, 'x')]);
  return Buffer.concat([
    ...[2, 1, 1].map(int),
    ...['bench', 'large', 'v'].map(string),
    Buffer.from([0, 0x03]),
    int(ROWS),
    ...Array.from({ length: ROWS }, () => row),
  ]);
}

const rules = [
  when(opcode('PREPARE').and(cql(POINT_READ))).reply(prepared({ parameters: { k: 'int' }, columns: { v: 'text' } })),
  when(opcode('EXECUTE')).reply(rows({ v: 'text' }, [['an answer that is short']])),
  when(cql(PAGE)).reply(rawResponse('RESULT', page())),
];

const certificates = new Certificates();
const { cert, key } = certificates.make({ names: 'IP:127.0.0.1' });
certificates.remove();

cqlServer(rules, { replay: 0 }).subscribe(({ contactPoint }) => {
  void Promise.all([proxyTo(contactPoint), tlsProxyTo(contactPoint, { cert, key })]).then(([plain, tls]) => {
    const server: Server = { plain: plain.contactPoint, tls: tls.contactPoint, ca: cert };
    console.log(JSON.stringify(server));
  });
});

// It ends with its parent.
process.stdin.resume().on('end', () => process.exit());
