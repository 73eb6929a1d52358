// What a page needs to be a chat client; README.md says how to use it.

export { createApi } from './api.ts';
export { apply } from './apply.ts';
export { createChatClient } from './chat-client.ts';
export { asFailure, ChatFailure } from './failure.ts';
export type * from './types.ts';
export type * from './wire.ts';
