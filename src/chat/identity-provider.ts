/** Somebody as the provider knows them. */
export interface ForeignIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** Only if the provider says that it is theirs. */
  readonly verifiedEmail: string | null;
  readonly username: string | null;
  readonly displayName: string | null;
}

/** A browser that leaves for the provider. */
export interface Departure {
  /** Where to send it. */
  readonly url: string;
  /** Comes back with it. */
  readonly state: string;
  /** To be kept until then, and from other people. */
  readonly memory: string;
}

/**
 * Vouches for people who have an account there. Throws `unavailable` when it cannot be reached, and
 * `wrong_credentials` for whatever it did not say, did not say to us, or said for another departure.
 */
export interface IdentityProvider {
  /** What people call it. */
  readonly name: string;
  /** `callbackUrl` is where it sends the browser back to. */
  depart(callbackUrl: string): Promise<Departure>;
  /** `returned` is the callback's whole address, as we are known outside. */
  arrive(returned: URL, departure: Pick<Departure, 'state' | 'memory'>): Promise<ForeignIdentity>;
}
