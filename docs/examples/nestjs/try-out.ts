/** What a client sees of the application. */
export async function tryOut(url: string): Promise<void> {
  const ask = async (path: string): Promise<string> => (await fetch(url + path)).text();

  console.log(`a user: ${await ask('/users/1')}`);
  console.log(`no user: ${(await fetch(`${url}/users/-1`)).status}`);
  console.log(`all of them: ${(JSON.parse(await ask('/users')) as unknown[]).length}`);
  console.log(`lines of the export: ${(await ask('/users/export')).trim().split('\n').length}`);

  // Server-sent events go on until somebody leaves: here it is the application.
  const { body } = await fetch(`${url}/users/nodes`);
  let events = '';
  for await (const more of body!.pipeThrough(new TextDecoderStream())) {
    if (events === '') process.kill(process.pid, 'SIGTERM');
    events += more;
  }
  console.log(`events until SIGTERM: ${JSON.stringify(events.match(/^data: .*$/gm))}`);
}
