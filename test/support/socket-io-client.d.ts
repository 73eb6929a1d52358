declare module 'socket.io-client' {
  /** As much of the 2.x client as the tests use. */
  export interface Client {
    readonly connected: boolean;
    once(event: string, listener: (data: any) => void): this;
    on(event: string, listener: (data: any) => void): this;
    emit(event: string, data?: unknown, answer?: (answer: any) => void): this;
    close(): this;
  }

  export default function io(url: string, options: object): Client;
}
