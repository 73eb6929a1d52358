import type { ChatFailure } from '../client/index.ts';

const WORDS: Readonly<Record<string, string>> = {
  offline: 'The server cannot be reached. Please try again.',
  unavailable: 'The server is not available at the moment. Please try again.',
  busy: 'The server is busy. Please try again in a moment.',
  internal: 'Something went wrong on the server.',
  username_taken: 'This username is taken.',
  email_taken: 'There is already an account with this email address.',
  blocked: 'One of you has blocked the other.',
  last_owner: 'A group needs an owner: make somebody else the owner first.',
  suspended: 'This account has been suspended.',
  unauthenticated: 'You are signed out. Please sign in again.',
};

/** Why something did not work, for people. */
export function explain({ code, message, details, retryAfter }: ChatFailure): string {
  if (code === 'rate_limited') return `Too often. Please try again ${inSeconds(retryAfter)}.`;
  if (WORDS[code] !== undefined) return WORDS[code];
  const detail = details[0];
  if (code === 'bad_request' && detail !== undefined)
    return sentence(`${nameOf(detail.path)}${detail.message}`);
  return sentence(message);
}

function inSeconds(seconds: number | undefined): string {
  if (seconds === undefined) return 'later';
  if (seconds < 90) return `in ${seconds} s`;
  return `in ${Math.ceil(seconds / 60)} minutes`;
}

function nameOf(path: string): string {
  return path === '' ? '' : `${path.replace(/([A-Z])/g, ' $1').toLowerCase()}: `;
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
