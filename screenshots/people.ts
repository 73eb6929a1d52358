import sharp from 'sharp';

/** As much of the server's answers as a scene needs. */
interface Answer {
  readonly id: string;
}

interface SignedIn {
  readonly user: { readonly id: string };
  readonly accessToken: string;
}

/** Somebody of the scene, who acts over the HTTP API. */
export interface Actor {
  readonly id: string;
  readonly username: string;
  readonly token: string;
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
  upload(method: string, path: string, name: string, file: Buffer): Promise<Answer>;
}

export const SCENE_PASSWORD = 'correct horse battery';

export async function signUp(url: string, username: string, displayName: string): Promise<Actor> {
  const send = async <Body>(path: string, init: RequestInit): Promise<Body> => {
    const response = await fetch(`${url}/api/v1${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${init.method} ${path}: ${text}`);
    return JSON.parse(text || 'null');
  };
  const json = { 'content-type': 'application/json' };
  const account = { username, displayName, password: SCENE_PASSWORD, device: 'Firefox on Android' };
  const { user, accessToken } = await send<SignedIn>('/accounts', {
    method: 'POST',
    headers: json,
    body: JSON.stringify(account),
  });
  const authorization = `Bearer ${accessToken}`;
  return {
    id: user.id,
    username,
    token: accessToken,
    ask: (method, path, body) =>
      send(path, {
        method,
        headers: { authorization, ...(body !== undefined && json) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    upload: (method, path, name, file) => {
      const form = new FormData();
      form.set('file', new Blob([new Uint8Array(file)]), name);
      return send(path, { method, headers: { authorization }, body: form });
    },
  };
}

/** Hills in the evening: a picture that nobody has to have taken. */
export function landscape(hue: number): Promise<Buffer> {
  const hill = (y: number, swing: number, light: number): string =>
    `<path fill="hsl(${hue + 25},35%,${light}%)" d="M0 ${y}C200 ${y - swing} 380 ${y + swing} 600 ${y - swing / 2}S950 ${y + swing / 2} 1200 ${y - swing}V800H0z"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="800">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="hsl(${hue},60%,72%)"/><stop offset="1" stop-color="hsl(${hue + 40},90%,88%)"/></linearGradient></defs>
    <rect width="1200" height="800" fill="url(#sky)"/><circle cx="860" cy="300" r="90" fill="hsl(${hue + 45},100%,94%)"/>
    ${hill(470, 90, 62)}${hill(560, 60, 46)}${hill(670, 80, 30)}</svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 88 }).toBuffer();
}

/** A face without a person. */
export function portrait(hue: number): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="400" height="400">
    <rect width="200" height="200" fill="hsl(${hue},55%,80%)"/><circle cx="100" cy="82" r="40" fill="hsl(${hue},35%,96%)"/>
    <path d="M20 210c0-56 36-84 80-84s80 28 80 84z" fill="hsl(${hue},45%,45%)"/>
    <path d="M58 82c0-34 18-50 42-50s42 16 42 46c-20 0-34-6-44-18-8 14-22 22-40 22z" fill="hsl(${hue},40%,25%)"/></svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}
