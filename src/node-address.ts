import { networkInterfaces } from 'node:os';
import type { Config } from './config.ts';

/** Where other nodes probably reach this one, when nobody has said so: the address it listens on, or this machine's first. */
export function nodeAddress({ host }: Config, port: number): string {
  const everywhere = host === undefined || host === '0.0.0.0' || host === '::';
  const address = everywhere ? firstAddress() : host;
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function firstAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const outside = addresses.filter(({ internal }) => !internal);
  const found = outside.find(({ family }) => family === 'IPv4') ?? outside[0];
  return found?.address ?? '127.0.0.1';
}
