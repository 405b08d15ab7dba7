import { createSession } from './dist/index.js';
import { lastValueFrom } from 'rxjs';
const s: any = createSession({ contactPoints: [process.argv[2] ?? '127.0.2.1:9242'], port: 9242 });
console.log(String((await lastValueFrom(s.execute('SELECT * FROM system.local') as any) as any).coordinator));
for (let i=0;i<6;i++) console.log((await lastValueFrom(s.execute('SELECT release_version FROM system.local') as any) as any).coordinator);
await lastValueFrom(s.close());
