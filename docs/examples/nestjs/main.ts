// Observables in a NestJS application: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/nestjs/main.ts`. It ends with
// Ctrl-C, and with `--try` when a client has tried it. It makes the keyspace `rxcql_nestjs`, and drops it in the end.
//
// Nest needs the compiler option `experimentalDecorators`, which tsconfig.json has. What is injected is named by tokens, so that
// it does not need `emitDecoratorMetadata`, which tsx and esbuild do not have.
import 'reflect-metadata';
import { once } from 'node:events';
import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { SessionModule } from './session.module.js';
import { tryOut } from './try-out.js';
import { UsersController } from './users.controller.js';
import { createUsers, dropUsers } from './users.js';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
await createUsers({ contactPoints });

@Module({
  imports: [SessionModule.forRoot({ contactPoints, keyspace: 'rxcql_nestjs' })],
  controllers: [UsersController],
})
class AppModule {}

Logger.overrideLogger(['error', 'warn']);
const app = await NestFactory.create(AppModule, new FastifyAdapter());
await app.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1');
const url = await app.getUrl();
console.log(`listening at ${url}`);

const tried = process.argv.includes('--try') ? tryOut(url) : undefined;
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
// Connections are not kept for another request, for which closing would wait. What was begun is answered, and then the session
// is closed, by its module.
app.getHttpServer().keepAliveTimeout = 1;
await app.close();
await tried;
console.log('closed');
await dropUsers({ contactPoints });
