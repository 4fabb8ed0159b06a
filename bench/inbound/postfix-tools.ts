import { access, constants } from 'node:fs/promises';

const FOLDERS = ['/usr/sbin', '/usr/lib/postfix/sbin', '/usr/local/sbin', '/opt/homebrew/sbin', '/usr/local/bin'];

/**
 * Where a program of Postfix lies: `smtp-source` and `smtp-sink` are the load of this suite.
 * @throws where it is not installed, with how to install it.
 */
export async function postfixTool(name: 'smtp-source' | 'smtp-sink' | 'postfix' | 'postconf'): Promise<string> {
  for (const folder of FOLDERS) {
    const path = `${folder}/${name}`;
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw new Error(
    `${name} is not installed. It comes with Postfix: run \`apt-get install --no-install-recommends postfix\` and choose ` +
      '"No configuration"; this suite neither starts nor changes the Postfix of the system',
  );
}
