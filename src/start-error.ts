/** Why the server cannot start, in words for the person who starts it: a line each, no stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
