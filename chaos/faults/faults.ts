import { calm } from './calm.ts';
import { cut, silence } from './cut.ts';
import type { Fault } from './fault.ts';
import { kill } from './kill.ts';
import { nats } from './nats.ts';
import { crash, postgres } from './postgres.ts';
import { rolling } from './rolling.ts';
import { stop } from './stop.ts';

/** In the order in which they come when nobody says otherwise. */
export const FAULTS: readonly Fault[] = [calm, kill, stop, nats, cut, silence, postgres, crash, rolling];
