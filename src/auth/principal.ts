import type { Request } from 'express';

export const roles = ['owner', 'staff', 'integrator'] as const;

/** owner: also sees customers' real data · staff: works on orders · integrator: another system, sees no real address */
export type Role = (typeof roles)[number];

/** Who makes the request: the holder of an API key, or a person who has signed in. */
export interface Principal {
  /** Of the key or of the person, fit for logs and audits. */
  id: string;
  storeId: string;
  role: Role;
}

export interface AuthenticatedRequest extends Request {
  principal: Principal;
}
