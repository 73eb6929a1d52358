import { isIP } from 'node:net';
import { z } from 'zod';
import { parseNatsUrl } from './bus/nats-servers.ts';
import { parseMediaUrl } from './media-url.ts';

// What the values of the configuration may look like; each says what is wrong with one that does not.

const MIN_SECRET_BYTES = 32;

export const listOf = (item: z.ZodType<string, string>) =>
  z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item));

export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

export const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    );

export const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: ({ input }) =>
    `"${String(input)}" is not an origin like https://example.org (no path, no slash at the end)`,
});

export const network = z.string().refine(isNetwork, {
  error: ({ input }) => `"${String(input)}" is neither an address nor a network like 10.0.0.0/8`,
});

/** What a parser of ours says to it. */
export const parsedBy = <Result>(parser: (text: string) => Result) =>
  z.string().transform((text, context) => {
    try {
      return parser(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });

export const natsUrl = parsedBy((text) => {
  parseNatsUrl(text);
  return text;
});

export const secret = z
  .string()
  .refine(
    (text) => Buffer.byteLength(text) >= MIN_SECRET_BYTES,
    `must have at least ${MIN_SECRET_BYTES} bytes`,
  );
/** Whoever listens in between could be anybody's provider. */
export const issuer = url('https:', 'http:').refine(
  (text) => !text.startsWith('http:') || /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(text).hostname),
  'must begin with https://, unless the provider runs on this machine',
);
export const mediaUrl = parsedBy(parseMediaUrl);

/** A name or an address (IPv6 in brackets); a node's also needs its port. */
export const nodeAddress = z
  .string()
  .regex(/^(?:\[[\da-f:.]+\]|[\w.-]+):\d{1,5}$/i, 'must look like 10.0.0.5:2567');
export const publicAddress = z
  .string()
  .regex(
    /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?(?:\/[\w./-]*[\w-])?$/i,
    'must look like node1.example.org, without https://',
  );

/** `name <address>` or only the address, on one line. */
export const mailbox = z
  .string()
  .regex(
    /^(?:[^<>@,\r\n]*<[^\s<>@,]+@[^\s<>@,]+>|[^\s<>@,]+@[^\s<>@,]+)$/,
    'must be one address, with or without a name: Parlour <parlour@example.org>',
  );

function isNetwork(text: string): boolean {
  const [address = '', bits] = text.split('/');
  const family = isIP(address);
  const isMask = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
  return family !== 0 && isMask && text.split('/').length <= 2;
}

export const contact = z
  .string()
  .regex(
    /^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/,
    'must be like mailto:security@example.org or https://…',
  );

/** As it can stand in a header. */
export const bearer = z
  .string()
  .regex(/^[\w~+/.-]{32,}=*$/, 'must have at least 32 characters: letters, digits, - . _ ~ + /');
