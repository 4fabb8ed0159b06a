import { type DataSource } from 'typeorm';

const COLUMNS =
  '"id", "storeId", "orderId", "participantId", "generation", "maskType", "aliasKeyId", "trackerDomain", "lookup", ' +
  '"issuedAt", "expiresAt", "state"';
const DAY_MS = 86_400_000;

/**
 * Writes `count` rows of aliases of nobody, numbered from `first`, four to an order, in one statement. Their ids are
 * scattered as real ones are, so that every index is as wide awake as it would be.
 * @param expiresInDays when the first of them end; they are spread over the two months after, or end at once below 0.
 */
export async function insertAliasRows(
  rows: DataSource,
  { first, count, expiresInDays }: { first: number; count: number; expiresInDays: number },
): Promise<void> {
  const expiry = Date.now() + expiresInDays * DAY_MS;
  const spread = expiresInDays < 0 ? 1_000 : 60 * DAY_MS;
  const last = first + count - 1;
  if (rows.options.type === 'postgres') {
    await rows.query(
      `INSERT INTO ct_alias (${COLUMNS}) SELECT md5('i' || n), 'default', 'order-' || n / 4, md5('p' || n), 1, 'complex',
        'bench', 'ct.example.com', md5('l' || n) || md5('m' || n), 0, ${expiry} + n % ${spread}, 'live'
        FROM generate_series(${first}, ${last}) n`,
    );
  } else {
    const id = (salt: number) => `printf('%016x%016x', n * 2654435761 + ${salt}, (n * 40503 + ${salt}) * 2246822519)`;
    await rows.query(
      `WITH RECURSIVE numbers(n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM numbers WHERE n < ${last})
        INSERT INTO ct_alias (${COLUMNS}) SELECT ${id(1)}, 'default', 'order-' || n / 4, ${id(2)}, 1, 'complex',
        'bench', 'ct.example.com', ${id(3)} || ${id(4)}, 0, ${expiry} + n % ${spread}, 'live' FROM numbers`,
    );
  }
}
