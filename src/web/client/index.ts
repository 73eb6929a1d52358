// What a page needs to be a chat client; README.md says how to use it.

export { asFailure, ChatFailure } from './failure.ts';
export type * from './types.ts';
export type * from './wire.ts';
