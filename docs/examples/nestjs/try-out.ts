/** What a client sees of the application. */
export async function tryOut(url: string): Promise<void> {
  const ask = async (path: string): Promise<string> => (await fetch(url + path)).text();

  console.log(`a user: ${await ask('/users/1')}`);
  console.log(`no user: ${(await fetch(`${url}/users/-1`)).status}`);
  console.log(`all of them: ${(JSON.parse(await ask('/users')) as unknown[]).length}`);
  console.log(`lines of the export: ${(await ask('/users/export')).trim().split('\n').length}`);
  console.log(`the first event: ${await firstEvent(`${url}/users/nodes`)}`);
  process.kill(process.pid, 'SIGTERM');
}

/** Server-sent events go on for ever: this leaves after the first. */
async function firstEvent(url: string): Promise<string | undefined> {
  const { body } = await fetch(url);
  let text = '';
  for await (const more of body!.pipeThrough(new TextDecoderStream())) {
    text += more;
    const event = /^data: (.*)$/m.exec(text);
    if (event !== null && text.endsWith('\n\n')) return event[1];
  }
  return undefined;
}
