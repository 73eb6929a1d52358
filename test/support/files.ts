import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, readConfig } from '../../src/config.ts';
import type { Answer, Person, TestServer } from './server.ts';

export interface UploadOptions {
  readonly name?: string;
  readonly method?: string;
  readonly path?: string;
}

/** As a browser's form does it. */
export async function upload(
  server: Pick<TestServer, 'url'>,
  person: Pick<Person, 'accessToken'>,
  bytes: Uint8Array | string,
  { name = 'notes.txt', method = 'POST', path = '/media' }: UploadOptions = {},
): Promise<Answer> {
  const form = new FormData();
  form.set('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${person.accessToken}` },
    body: form,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** With a token or, when it is a link, without. */
export function read(
  server: Pick<TestServer, 'url'>,
  path: string,
  { person, ...init }: RequestInit & { person?: Pick<Person, 'accessToken'> } = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (person) headers.set('Authorization', `Bearer ${person.accessToken}`);
  return fetch(server.url + path, { ...init, headers });
}

export const pathOf = (file: { readonly id: string }): string => `/api/v1/media/${file.id}`;

export async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

/** All files under a folder, by their names. */
export async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

export function mediaConfig(changes: Partial<Config['media']>): Pick<Config, 'media'> {
  return { media: { ...readConfig({}).media, ...changes } };
}
