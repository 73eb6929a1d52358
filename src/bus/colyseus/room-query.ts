import type { SortOptions } from '@colyseus/core';
import { encode } from './listing.ts';

export interface Statement {
  readonly sql: string;
  readonly params: unknown[];
}

/** The nodes whose lease is valid; only their rooms count. */
export const LIVE_ROOMS =
  'colyseus_room r join colyseus_node n on n.id = r.node_id and n.lease_until > now()';

/** Colyseus gives every listing these, so nobody needs to look for them in its metadata. */
const OWN_FIELDS = new Set([
  'roomId',
  'processId',
  'name',
  'clients',
  'maxClients',
  'locked',
  'private',
  'unlisted',
  'createdAt',
]);

/**
 * A condition names a field of the listing or else of its metadata (where `filterBy` puts its values);
 * `metadata.a.b` also names the path. Values are equal in type and value: 1 is not '1'.
 *
 * Containment (`@>`) is what the index can answer. It says the same as equality except for objects and arrays,
 * which are compared as a whole.
 */
export function roomQuery(conditions: object, sort: SortOptions = {}, limit?: number): Statement {
  const params: unknown[] = [];
  const parameter = (value: unknown, type: string): string => `$${params.push(value)}::${type}`;
  const contains = (value: object): string => `r.listing @> ${parameter(encode(value), 'jsonb')}`;

  const own: Record<string, unknown> = {};
  const where: string[] = [];
  for (const [field, value] of Object.entries(conditions)) {
    if (field === 'roomId' && typeof value === 'string') {
      where.push(`r.room_id = ${parameter(value, 'text')}`);
    } else if (OWN_FIELDS.has(field) && isScalar(value)) {
      own[field] = value;
    } else {
      where.push(isScalar(value) ? containedSomewhere(field, value) : equalSomewhere(field, value));
    }
  }
  if (Object.keys(own).length > 0) where.push(contains(own));

  function containedSomewhere(field: string, value: unknown): string {
    const places = placesOf(field).map((path) => contains(nest(path, value)));
    // The listing's own field hides the metadata's.
    const [first, ...rest] = places;
    return `(${first} or (r.listing -> ${parameter(field, 'text')} is null and (${rest.join(' or ')})))`;
  }
  function equalSomewhere(field: string, value: unknown): string {
    return `${fieldValue(field)} = ${parameter(encode(value), 'jsonb')}`;
  }
  function fieldValue(field: string): string {
    return `coalesce(${placesOf(field)
      .map((path) => `r.listing #> ${parameter(path, 'text[]')}`)
      .join(', ')})`;
  }

  // JSON's own order takes texts in the database's locale; JavaScript compares their code units.
  const order = Object.entries(sort).flatMap(([field, direction]) => {
    const value = fieldValue(field);
    const way = direction === 1 || direction === 'asc' || direction === 'ascending' ? 'asc' : 'desc';
    return [
      `case when jsonb_typeof(${value}) <> 'string' then ${value} end ${way} nulls last`,
      `(${value} #>> '{}') collate "C" ${way} nulls last`,
    ];
  });

  const filter = where.length > 0 ? ` where ${where.join(' and ')}` : '';
  const end = limit === undefined ? '' : ` limit ${limit}`;
  // In the order in which they were recorded, as Colyseus' local driver has them.
  const sql = `select r.listing::text as listing from ${LIVE_ROOMS}${filter} order by ${[...order, 'r.number'].join(', ')}${end}`;
  return { sql, params };
}

function placesOf(field: string): string[][] {
  const places = [[field], ['metadata', field]];
  if (field.startsWith('metadata.')) places.push(field.split('.'));
  return places;
}

function nest(path: readonly string[], value: unknown): object {
  return path.reduceRight<unknown>((inner, field) => ({ [field]: inner }), value) as object;
}

/** Dates, `Infinity` and `undefined` are objects in the database, but with a single field: as good as a scalar. */
function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null || value instanceof Date;
}
