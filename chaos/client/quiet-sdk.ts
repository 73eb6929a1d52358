/** The SDK tells the console about every attempt to come back; here there are thousands of them. */
export function quietSdk(): void {
  Object.assign(globalThis.console, { info() {}, warn() {} });
}
