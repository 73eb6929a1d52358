/** The server, as its protocol describes it: requests, and sockets that come back by themselves. */

const base = new URL('..', import.meta.url);
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const NOT_ALLOWED = 1008;

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** That there is one is all that this page wants to know of it. */
export function hasCookie() {
  return /(?:^|; )sessionToken=[^;]/.test(document.cookie);
}

export async function ask(method, path, body) {
  const response = await fetch(new URL(path, base), {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const answer = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : {};
  if (!response.ok) throw new Refused(response.status, answer.error ?? `status ${response.status}`);
  return answer;
}

/** Answers `send`, which says whether it could, and `close`. The browser adds the cookie, so no address holds it. */
export function connect(path, { onOpen, onEvent, onLost, onRefused }) {
  const url = new URL(path, base);
  url.protocol = url.protocol.replace('http', 'ws');
  let socket;
  let timer;
  let pause = FIRST_PAUSE_MS;
  let closed = false;

  const dial = () => {
    socket = new WebSocket(url);
    socket.onopen = () => {
      pause = FIRST_PAUSE_MS;
      onOpen();
    };
    socket.onmessage = ({ data }) => onEvent(JSON.parse(data));
    socket.onclose = ({ code, reason }) => {
      if (closed) return;
      if (code === NOT_ALLOWED) return onRefused(reason);
      onLost();
      timer = setTimeout(dial, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    };
  };
  dial();
  return {
    send(type, payload) {
      if (socket.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify({ type, payload }));
      return true;
    },
    close() {
      closed = true;
      clearTimeout(timer);
      socket.close();
    },
  };
}
