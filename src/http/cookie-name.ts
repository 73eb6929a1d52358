/**
 * Browsers take a cookie of such a name by https only, so nothing that listens on the way can slip one in. Not
 * `__Host-`: that one belongs to all paths, and ours are for one each.
 */
export function cookieName(name: string, { secure }: { readonly secure: boolean }): string {
  return secure ? `__Secure-${name}` : name;
}
