import type { Fault } from './fault.ts';

/** Nothing at all: what is found wrong here has nothing to do with faults. */
export const calm: Fault = {
  name: 'calm',
  run: async () => ({ what: 'nothing happens' }),
};
