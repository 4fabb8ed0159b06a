import { type AttachmentInfo } from '../../message/relay/attachments.js';
import { type StoreSettingsValues } from '../../settings/store-settings-values.js';

export type AttachmentPolicy = Pick<
  StoreSettingsValues,
  'attachmentTypes' | 'attachmentMegabytes' | 'attachmentCount' | 'executableFiles'
>;

/** Why a message's files keep it from going on; a word of the docs. */
export type AttachmentFault = 'executable-file' | 'file-type' | 'files-too-large' | 'too-many-files';

/** What a store does not want passed on. Pictures within the text count as files. */
export function attachmentFault(
  files: readonly AttachmentInfo[],
  { attachmentTypes, attachmentMegabytes, attachmentCount, executableFiles }: AttachmentPolicy,
): AttachmentFault | undefined {
  if (executableFiles === 'hold' && files.some(({ executable }) => executable)) return 'executable-file';
  if (attachmentTypes.length > 0 && !files.every(({ type }) => isOneOf(type, attachmentTypes))) return 'file-type';
  if (files.length > attachmentCount) return 'too-many-files';
  const octets = files.reduce((sum, { size }) => sum + size, 0);
  return octets > attachmentMegabytes * 1024 * 1024 ? 'files-too-large' : undefined;
}

function isOneOf(type: string, allowed: readonly string[]): boolean {
  return allowed.some((one) => (one.endsWith('/*') ? type.startsWith(one.slice(0, -1)) : type === one));
}
