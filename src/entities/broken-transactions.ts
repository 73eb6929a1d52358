import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';

const NOTHING: QueryResult<never> = { rows: [] };

/**
 * Kysely gives a connection back to the pool when `commit` or `rollback` has succeeded, and never if `begin` has
 * not: a transaction whose connection breaks would keep its place for ever, and after a few restarts of PostgreSQL
 * the pool would be used up. So neither fails here. Until `rollback`, whatever was to follow a `begin` that failed is
 * refused; a broken connection that comes back the pool throws away.
 */
export async function letBrokenTransactionsGo(created: unknown): Promise<void> {
  const connection = created as DatabaseConnection;
  const execute = connection.executeQuery.bind(connection);
  let neverBegan: { readonly error: unknown } | undefined;

  connection.executeQuery = async <Row>(query: CompiledQuery): Promise<QueryResult<Row>> => {
    if (query.sql === 'rollback') {
      neverBegan = undefined;
      return execute<Row>(query).catch(() => NOTHING);
    }
    if (neverBegan) throw neverBegan.error;
    if (query.sql !== 'begin' && !query.sql.startsWith('start transaction')) return execute<Row>(query);
    return execute<Row>(query).catch((error: unknown) => {
      neverBegan = { error };
      return NOTHING;
    });
  };
}
