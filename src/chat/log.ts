/** As much of a logger as the core needs; pino's fits. Never give it a token, a password or a message's text. */
export interface Log {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
