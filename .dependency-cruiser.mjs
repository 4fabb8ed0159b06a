const lib = '^libs/conversation-tracker/src';

/** Each room with the rooms it may import; whatever is not named here is forbidden. */
const mayImport = {
  kernel: [],
  message: ['kernel'],
  ports: ['message', 'kernel'],
  migrations: ['persistence'],
  persistence: ['ports', 'message', 'kernel'],
  events: ['persistence', 'ports', 'message', 'kernel'],
  settings: ['events', 'persistence', 'ports', 'message', 'kernel'],
  timeline: ['events', 'persistence', 'ports', 'message', 'kernel'],
  alias: ['settings', 'timeline', 'events', 'persistence', 'ports', 'message', 'kernel'],
  'order-masking': ['alias', 'settings', 'timeline', 'events', 'persistence', 'ports', 'message', 'kernel'],
  mailer: ['alias', 'settings', 'timeline', 'events', 'persistence', 'ports', 'message', 'kernel'],
  admin: ['mailer', 'alias', 'settings', 'timeline', 'events', 'persistence', 'ports', 'message', 'kernel'],
  privacy: [
    'mailer',
    'order-masking',
    'alias',
    'settings',
    'timeline',
    'events',
    'persistence',
    'ports',
    'message',
    'kernel',
  ],
  operations: ['mailer', 'alias', 'settings', 'timeline', 'events', 'persistence', 'ports', 'message', 'kernel'],
  testing: ['ports', 'message', 'kernel'],
};

const roomRules = Object.entries(mayImport).map(([room, below]) => ({
  name: `room-${room}`,
  comment: `${room} may import only ${[room, ...below].join(', ')}`,
  severity: 'error',
  from: { path: `${lib}/${room}/` },
  to: { path: `${lib}/`, pathNot: `${lib}/(${[room, ...below].join('|')})/` },
}));

export default {
  forbidden: [
    ...roomRules,
    {
      name: 'pure-rooms',
      comment: 'kernel and message are plain functions: no Nest, no TypeORM',
      severity: 'error',
      from: { path: `${lib}/(kernel|message)/`, pathNot: '\\.spec\\.ts$' },
      to: { path: 'node_modules/(@nestjs|typeorm|rxjs)' },
    },
    {
      name: 'only-src-tracker-knows-the-package',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(tracker/|app\\.module\\.ts$)' },
      to: { path: '^(libs/conversation-tracker|src/tracker)' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'index-only', severity: 'error', from: { path: '^src/' }, to: { path: `${lib}/(?!index\\.ts$)` } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
