/** Another instance of the package, which purges when it is told to. */
import 'reflect-metadata';
import { AliasPurge } from '../../libs/conversation-tracker/src/alias/alias-purge.js';
import { type DatabaseAddress } from '../databases.js';
import { startTracker } from '../tracker.js';

const tracker = await startTracker(JSON.parse(process.argv[2]) as DatabaseAddress);
const purge = tracker.get(AliasPurge, { strict: false });
process.on('message', () => void purge.purge().then(({ aliases }) => process.send!(aliases)));
process.once('disconnect', () => void tracker.close().then(() => process.exit()));
process.send!('ready');
