/** A database of the run's PostgreSQL, empty and migrated: copying it takes a moment, making one takes a second. */
export const MIGRATED_DATABASE = 'migrated';
