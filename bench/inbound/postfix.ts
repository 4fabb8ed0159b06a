import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { started } from './answers.js';
import { freePort } from './free-port.js';
import { postfixTool } from './postfix-tools.js';
import { type Side } from './side.js';
import { STORE, TRACKER_DOMAIN } from './world.js';

const run = promisify(execFile);

/**
 * Postfix with a configuration, queue and log of its own: a virtual alias to the store's address, and on to the sink. As Debian
 * sets it up otherwise, without chroot. The Postfix of the system is neither started nor changed.
 * @returns undefined for who is not root, as its master must be.
 */
export async function startPostfix(sinkPort: number): Promise<Side | undefined> {
  if (process.getuid?.() !== 0) {
    console.error('Postfix needs root to start: its lines are left out');
    return undefined;
  }
  const directory = await mkdtemp(join(tmpdir(), 'ct-bench-postfix-'));
  const port = await freePort();
  const postfix = await postfixTool('postfix');
  const config = join(directory, 'config');
  const [uid, gid] = await owner();
  // Its processes run as a user of their own.
  await chmod(directory, 0o755);
  for (const name of ['config', 'queue', 'data']) await mkdir(join(directory, name), { mode: 0o755 });
  await chown(join(directory, 'data'), uid, gid);
  await writeFile(join(config, 'main.cf'), mainConfig(directory, sinkPort));
  await writeFile(join(config, 'master.cf'), masterConfig(port));
  await writeFile(join(config, 'virtual'), `/@${TRACKER_DOMAIN.replaceAll('.', '\\.')}$/ ${STORE}\n`);
  await run(postfix, ['-c', config, 'start']);
  return started({
    name: 'Postfix',
    port,
    stop: async () => {
      await run(postfix, ['-c', config, 'stop']);
      for (let n = 0; n < 50 && (await isRunning(postfix, config)); n++) await wait(100);
      await rm(directory, { recursive: true, force: true });
    },
  });
}

const isRunning = (postfix: string, config: string) =>
  run(postfix, ['-c', config, 'status']).then(
    () => true,
    () => false,
  );

async function owner(): Promise<[uid: number, gid: number]> {
  const id = async (flag: string) => Number((await run('id', [flag, 'postfix'])).stdout);
  return [await id('-u'), await id('-g')];
}

const mainConfig = (directory: string, sinkPort: number) => `compatibility_level = 3.6
queue_directory = ${directory}/queue
data_directory = ${directory}/data
maillog_file = ${directory}/mail.log
maillog_file_prefixes = ${directory}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.${TRACKER_DOMAIN}
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
virtual_alias_domains = ${TRACKER_DOMAIN}
virtual_alias_maps = regexp:${directory}/config/virtual
relayhost = [127.0.0.1]:${sinkPort}
message_size_limit = 41943040
smtp_tls_security_level = none
smtpd_tls_security_level = none
`;

/** What takes part in an alias relay, of the master.cf that Debian ships. */
const masterConfig = (port: number) => `127.0.0.1:${port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;
