-- Which worker sends for a lane stands in a row of its own. In the row that writers lock, a renewal would wait for the
-- longest of them, and keep from all other lanes whoever comes after it. No foreign key: on a cluster `lanes` is
-- spread by lane, and this table, small and always asked for as a whole, is not.
--
-- Waits for the writers and renewals under way, then holds all others for a moment. A worker of an earlier version
-- cannot renew from here on: it sends nothing any more after fourteen seconds, and after fifteen its lanes are free.
LOCK TABLE sequitur.lanes IN ACCESS EXCLUSIVE MODE;

CREATE TABLE sequitur.lane_leases (
  lane smallint PRIMARY KEY,
  owner uuid,
  lease_until timestamptz(3),
  epoch bigint NOT NULL DEFAULT 0,
  CHECK ((owner IS NULL) = (lease_until IS NULL))
);

INSERT INTO sequitur.lane_leases (lane, owner, lease_until, epoch)
SELECT lane, owner, CASE WHEN owner IS NOT NULL THEN coalesce(lease_until, now()) END, epoch FROM sequitur.lanes;

ALTER TABLE sequitur.lanes DROP COLUMN owner, DROP COLUMN lease_until, DROP COLUMN epoch;
