import { once } from 'node:events';
import { get } from 'node:http';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ask, askTimes, backend, backendProcess, balancerOf, closeAfterEach } from './backends.ts';

const PATIENCE = { timeout: 20_000 };

describe('the balancer', () => {
  closeAfterEach();

  it('gives every connection to the next node', async () => {
    const balancer = await balancerOf(await backend('a'), await backend('b'), await backend('c'));
    const answers = await askTimes(balancer.url, 6);
    expect(answers.slice(0, 3).toSorted()).toEqual(['a', 'b', 'c']);
    expect(answers.slice(3)).toEqual(answers.slice(0, 3));
  });

  it('passes over a node that refuses before any check has found it out', async () => {
    const [a, b] = [await backend('a'), await backend('b')];
    const balancer = await balancerOf(a, b);
    await b.stop();
    expect(await askTimes(balancer.url, 4)).toEqual(['a', 'a', 'a', 'a']);
    expect(balancer.healthOf('b')).toBe('silent');
  });

  it('takes a node back that came back on its port', async () => {
    const [a, b] = [await backend('a'), await backend('b')];
    const balancer = await balancerOf(a, b);
    await b.stop();
    await expect.poll(() => balancer.healthOf('b'), PATIENCE).toBe('silent');
    await b.start();
    await expect.poll(() => balancer.healthOf('b'), PATIENCE).toBe('ready');
    expect((await askTimes(balancer.url, 2)).toSorted()).toEqual(['a', 'b']);
  });

  it('gives nothing new to a node that says it is not ready, until it is', async () => {
    const [a, b] = [await backend('a'), await backend('b')];
    const balancer = await balancerOf(a, b);
    b.ready = false;
    await expect.poll(() => balancer.healthOf('b'), PATIENCE).toBe('unready');
    expect(await askTimes(balancer.url, 3)).toEqual(['a', 'a', 'a']);
    b.ready = true;
    await expect.poll(() => balancer.healthOf('b'), PATIENCE).toBe('ready');
    expect((await askTimes(balancer.url, 2)).toSorted()).toEqual(['a', 'b']);
  });

  it('finds a node that hangs and takes it back when it goes on', async () => {
    const hanging = await backendProcess('b');
    const balancer = await balancerOf(await backend('a'), hanging);
    hanging.process.kill('SIGSTOP');
    await expect.poll(() => balancer.healthOf('b'), PATIENCE).toBe('silent');
    expect(await askTimes(balancer.url, 3)).toEqual(['a', 'a', 'a']);
    hanging.process.kill('SIGCONT');
    await expect.poll(() => balancer.healthOf('b'), PATIENCE).toBe('ready');
    expect((await askTimes(balancer.url, 2)).toSorted()).toEqual(['a', 'b']);
  });

  it('asks whoever is left when nobody is ready, and hangs up when nobody is there', async () => {
    const [a, b] = [await backend('a'), await backend('b')];
    const balancer = await balancerOf(a, b);
    b.ready = false;
    await a.stop();
    await expect
      .poll(() => [balancer.healthOf('a'), balancer.healthOf('b')], PATIENCE)
      .toEqual(['silent', 'unready']);
    expect(await ask(balancer.url)).toBe('b');
    await b.stop();
    await expect(ask(balancer.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('carries what a node still says to a client that has said everything', async () => {
    const answer = Buffer.alloc(4_000_000, 'x');
    const node = createServer({ allowHalfOpen: true }, (socket) => {
      socket.resume();
      // To the check it hangs up; whoever else it is gets an answer at the end of the question.
      socket.once('data', (chunk) => (String(chunk).startsWith('GET /ready') ? socket.destroy() : undefined));
      socket.once('end', () => socket.end(answer));
    }).listen(0, '127.0.0.1');
    await once(node, 'listening');
    const { port } = node.address() as AddressInfo;
    const balancer = await balancerOf({ name: 'a', host: '127.0.0.1', port });
    const client = createConnection({ port: balancer.port, host: '127.0.0.1', allowHalfOpen: true });
    let received = 0;
    client.on('data', (chunk) => (received += chunk.length));
    client.end('question');
    await once(client, 'end');
    expect(received).toBe(answer.length);
    node.close();
  });

  it('leaves the connections to the others alone when a node is killed', async () => {
    const [a, b] = [await backendProcess('a'), await backendProcess('b')];
    const balancer = await balancerOf(a, b);
    const [ofA, ofB] = [await waitAt(balancer.url), await waitAt(balancer.url)];
    const ended = new Set<object>();
    for (const response of [ofA, ofB])
      response.once('close', () => ended.add(response)).on('error', () => {});
    a.process.kill('SIGKILL');
    await expect.poll(() => ended.size, PATIENCE).toBe(1);
    await expect.poll(() => balancer.healthOf('a'), PATIENCE).toBe('silent');
    expect(ended.size).toBe(1);
    b.process.kill('SIGKILL');
    await expect.poll(() => ended.size, PATIENCE).toBe(2);
  });
});

/** A connection with an answer that has begun. */
async function waitAt(url: string) {
  const request = get(`${url}/wait`, { agent: false });
  request.on('error', () => {});
  const [response] = await once(request, 'response');
  response.resume();
  return response;
}
