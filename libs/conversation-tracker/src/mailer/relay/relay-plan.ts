import { type OrderPerson } from '../../alias/alias.service.js';
import { foldAddress } from '../../kernel/email-address.js';
import { cleanDisplayName } from '../../message/display-name.js';
import { type EditPlan } from '../../message/mime/edit-plan.js';
import { type CopyJob } from '../../message/relay/relay-job.js';
import { type ThreadHeaders } from '../../message/thread.js';
import { type StoreSettingsValues } from '../../settings/store-settings-values.js';

/** All that the copies of a message have in common. */
export interface RelayScene {
  /** Everybody of the order, the writer and the recipients included. */
  people: readonly OrderPerson[];
  writer: OrderPerson;
  /** From is proven (R39). */
  verified: boolean;
  /** What the writer calls itself in this message. */
  fromName?: string;
  /** Folded aliases that the envelope named, which may be earlier ones than those of `people`. */
  namedAliases: readonly string[];
  settings: Pick<StoreSettingsValues, 'locale' | 'publicAddresses' | 'opaqueMail'>;
  trackerDomains: readonly string[];
}

/** How a released message of an unproven sender says so beside the name. */
const unproven: Readonly<Record<string, string>> = {
  en: 'unverified sender',
  es: 'remitente sin verificar',
  pt: 'remetente não verificado',
};

/** Folded real address → alias, for everybody of the order (R34). */
export function aliasesOf(people: readonly OrderPerson[]): Map<string, string> {
  return new Map(people.map(({ address, alias }) => [foldAddress(address), alias]));
}

/** What one recipient's copy is to look like, and what must not show in it (R29 to R37). */
export function copyJob(
  scene: RelayScene,
  recipient: OrderPerson,
  key: string,
  { messageId, inReplyTo, references }: Omit<ThreadHeaders, 'inReplyTo'> & { inReplyTo?: string },
): CopyJob {
  const { people, writer, settings, trackerDomains, namedAliases } = scene;
  const { publicAddresses } = settings;
  const recipientAddresses = [recipient.address];
  const plan: EditPlan = {
    from: { address: writer.alias, name: shownName(scene) },
    to: { address: recipient.alias, name: recipient.name },
    names: new Map(people.flatMap(({ alias, name }) => (name === undefined ? [] : [[foldAddress(alias), name]]))),
    messageId,
    inReplyTo,
    references,
    aliases: aliasesOf(people),
    ownAliases: new Set([...people.map(({ alias }) => foldAddress(alias)), ...namedAliases]),
    publicAddresses,
    trackerDomains,
    recipientAddresses,
    opaque: settings.opaqueMail,
  };
  const protect = people.map(({ address }) => address);
  return { key, plan, gate: { protect, allowed: publicAddresses, trackerDomains, recipientAddresses } };
}

/** The order's name for the writer before the writer's own (R32). */
function shownName({ writer, fromName, verified, settings }: RelayScene): string | undefined {
  const name = cleanDisplayName(writer.name ?? fromName ?? '');
  if (verified) return name;
  const note = unproven[settings.locale.slice(0, 2)] ?? unproven.en;
  return name === undefined ? `(${note})` : `${name} (${note})`;
}
