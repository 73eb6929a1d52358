export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same again. */
  readonly html: string;
  /** Whose mail it is: the log knows people by this, never by their address. */
  readonly userId: string;
}

/**
 * Sends mail. `send` settles when somebody else has taken the mail over, and fails when nobody did; it does not
 * try again. It neither logs nor throws what the mail says or where it goes.
 */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}
