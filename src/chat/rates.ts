/** Whose asking is counted together. A device is a session; a mailbox is asked about. */
export const COUNTED = ['account', 'address', 'device', 'mailbox'] as const;
export type Counted = (typeof COUNTED)[number];

/** So many at once, and then as many again in every such time, evenly. */
export interface Rate {
  readonly times: number;
  readonly seconds: number;
}

/**
 * What may be asked how often, of one node: `60/m` is sixty at once and one more every second. They are for people
 * who overdo it, not for people who are many: a school behind one address signs up in one lesson.
 */
const DEFAULTS = {
  /** New accounts, guests too. */
  'sign-up': { address: '300/h' },
  /** Whoever gets past this still meets the delays after wrong passwords, which all nodes share. */
  'sign-in': { address: '600/m' },
  /** Passwords of those who are signed in: to change them, to delete an account. */
  password: { account: '20/h' },
  /** What came by mail: links and codes. */
  proof: { address: '120/m' },
  /** Whatever makes us write a mail. */
  mail: { account: '20/h', address: '60/h' },
  /** Mails to one mailbox because somebody says that it is theirs, whoever says so. More are not sent. */
  claim: { mailbox: '20/h' },
  search: { account: '120/m', address: '1200/m' },
  'friend-request': { account: '200/h' },
  /** Rooms, and groups that are public. */
  join: { account: '240/m', address: '6000/m' },
  /** Sent, edited, deleted. */
  message: { account: '3000/m' },
  typing: { device: '600/m' },
  upload: { account: '120/m', address: '1200/m' },
} as const satisfies Record<string, Partial<Record<Counted, string>>>;

export type RateName = keyof typeof DEFAULTS;
export type Rates = Readonly<Record<RateName, Readonly<Partial<Record<Counted, Rate>>>>>;

const SECONDS = { s: 1, m: 60, h: 3_600 } as const;
const MAX_TIMES = 1_000_000;

/**
 * `off`, or what is to differ from the defaults: `sign-up.address=50/h,message.account=off`. Undefined is no limits
 * at all. Throws what is wrong in words.
 */
export function parseRates(text: string): Rates | undefined {
  if (text === 'off') return undefined;
  const rates = Object.fromEntries(
    Object.entries(DEFAULTS).map(([name, byCounted]) => [
      name,
      Object.fromEntries(Object.entries(byCounted).map(([counted, rate]) => [counted, parseRate(rate)])),
    ]),
  );
  for (const change of text.split(',').map((part) => part.trim())) {
    if (change === '') continue;
    const [what = '', rate = ''] = change.split('=', 2);
    const [name = '', counted = ''] = what.split('.', 2);
    const known = Object.hasOwn(rates, name) ? rates[name] : undefined;
    if (known === undefined || !COUNTED.includes(counted as Counted)) {
      const names = Object.keys(rates).join(', ');
      throw new Error(`"${what}" is none of ${names}, followed by .${COUNTED.join(', .')}`);
    }
    if (rate === 'off') delete known[counted];
    else known[counted] = parseRate(rate);
  }
  return rates as Rates;
}

function parseRate(text: string): Rate {
  const [, times, unit] = /^(\d{1,7})\/([smh])$/.exec(text) ?? [];
  if (times === undefined || Number(times) < 1 || Number(times) > MAX_TIMES)
    throw new Error(`"${text}" is not a rate like 5/s, 60/m or 100/h`);
  return { times: Number(times), seconds: SECONDS[unit as keyof typeof SECONDS] };
}
