import { InProcessBus } from '../../src/bus/in-process-bus.ts';
import { busConformance } from './conformance.ts';

busConformance('the in-process bus', async () => {
  const listenerErrors: unknown[] = [];
  const bus = new InProcessBus((error) => listenerErrors.push(error));
  return {
    buses: [bus, bus],
    listenerErrors,
    settle: async () => {},
    close: () => bus.close(),
  };
});
