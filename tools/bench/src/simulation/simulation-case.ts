import type { Case } from '../case.ts';
import { measureFleetPass } from './fleet-pass.ts';

/** What decisions about very large fleets cost. */
export const simulationCase: Case = {
  name: 'simulation',
  run: async () => measureFleetPass(),
};
