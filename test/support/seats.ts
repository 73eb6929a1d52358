import { Joined, type Person } from './cast.ts';

/** As the SDK gets it from the matchmaking. */
export interface Seat {
  readonly name: string;
  readonly roomId: string;
  readonly processId: string;
  readonly sessionId: string;
}

/** The SDK's first step, at a node of our choice: a new room opens there. */
export async function seatAt(url: string, person: Person, room: string, options: object = {}): Promise<Seat> {
  const response = await fetch(`${url}/matchmake/joinOrCreate/${room}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${person.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(options),
  });
  const body = await response.json();
  if (response.status !== 200)
    throw new Error(`no seat for ${person.username}: ${response.status} ${JSON.stringify(body)}`);
  return body as Seat;
}

/** The SDK's second step, at the address that the person's client knows. */
export async function takeSeat(person: Person, seat: Seat): Promise<Joined> {
  const joined = new Joined(await person.client.consumeSeatReservation(seat));
  await joined.next('ready');
  return joined;
}

export async function joinAt(
  url: string,
  person: Person,
  room: string,
  options: object = {},
): Promise<Joined> {
  return takeSeat(person, await seatAt(url, person, room, options));
}
