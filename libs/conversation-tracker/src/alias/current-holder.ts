import { type EntityManager } from 'typeorm';
import { Participant } from './participant.entity.js';

/** A participant whose address was corrected again and again ends somewhere; a longer chain is a fault. */
const MAX_CORRECTIONS = 16;

/** Who took a participant's place, or the participant itself; `undefined` where nobody is left: unknown or erased. */
export async function currentHolder(
  manager: EntityManager,
  storeId: string,
  participantId: string,
): Promise<Participant | undefined> {
  let id: string | null = participantId;
  for (let corrections = 0; id !== null && corrections <= MAX_CORRECTIONS; corrections++) {
    const row: Participant | null = await manager.findOneBy(Participant, { id, storeId });
    if (!row || row.state === 'erased') return undefined;
    if (row.state !== 'superseded') return row;
    id = row.supersededBy;
  }
  return undefined;
}
