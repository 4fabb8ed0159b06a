import { type OrderPerson } from '../../alias/alias.service.js';
import { foldAddress } from '../../kernel/email-address.js';
import { TrackerError } from '../../kernel/errors.js';
import { cleanFileName } from '../../message/file-name.js';
import { type Shower, showerOf } from '../../message/relay/shown-people.js';
import { type MailFile } from '../outbound/own-mail.js';
import { type GivenFile } from './write-request.js';

/** A type that a mail program shows or saves as one file; what has parts of its own would be read as more mail. */
const TYPE = /^(?!multipart\/|message\/)[a-z0-9!#$&^_.+-]{1,100}\/[a-z0-9!#$&^_.+-]{1,100}$/;

interface Order {
  everybody: readonly OrderPerson[];
  protect: readonly string[];
}

/** Puts aliases in place of the order's addresses, in what somebody writes (R34). */
export class WrittenText {
  private readonly show: Shower;

  /** @param placeholder for those of whom no alias is left. */
  constructor(
    { everybody, protect }: Order,
    shown: { publicAddresses: readonly string[]; trackerDomains: readonly string[]; placeholder: string },
  ) {
    const aliases = new Map(protect.map((address) => [foldAddress(address), shown.placeholder]));
    for (const { address, alias } of everybody) aliases.set(foldAddress(address), alias);
    this.show = showerOf({ ...shown, aliases });
  }

  /** @throws TrackerError `invalid-input` where an address stands so that nothing can take its place. */
  of(field: 'subject' | 'text' | 'html', written: string): string {
    const shown = this.show(written, field === 'html' ? 'html' : 'plain');
    if (shown !== '') return shown;
    const message = 'must not show a real address of the order in disguise: name people by their aliases';
    throw new TrackerError('invalid-input', `correct ${field}`, [{ field, message }]);
  }

  file({ name, type }: GivenFile): Pick<MailFile, 'name' | 'type'> {
    const shown = cleanFileName(this.show(name ?? '', 'plain'));
    const plainType = type.toLowerCase();
    return { name: shown ?? 'attachment', type: TYPE.test(plainType) ? plainType : 'application/octet-stream' };
  }
}
