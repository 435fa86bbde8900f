PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE deleted (id INTEGER NOT NULL, offer INTEGER NOT NULL);
INSERT INTO "deleted" VALUES(0,0);
CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        uid TEXT NOT NULL UNIQUE,
        at TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        event TEXT NOT NULL,
        offer INTEGER,
        break TEXT,
        exercise TEXT,
        duration_s INTEGER,
        reason TEXT,
        source TEXT NOT NULL,
        day TEXT AS (substr(at, 1, 10)),
        outcome_day TEXT AS (
            CASE WHEN event IN ('taken', 'natural', 'skipped', 'missed', 'abandoned', 'expired')
            THEN substr(at, 1, 10) END
        )
    );
INSERT INTO "event" VALUES(1,'ee2ca27f-fa3f-4c45-9240-6ad738b171e2','2026-06-01T09:00:00+02:00',1780297200000000,'daemon_started',NULL,NULL,NULL,NULL,NULL,'daemon');
INSERT INTO "event" VALUES(2,'2658c9cb-9c9a-43c9-9ce6-1f9859cd0620','2026-06-01T09:30:00+02:00',1780299000000000,'due',1,'micro',NULL,NULL,NULL,'daemon');
INSERT INTO "event" VALUES(3,'d2a56ebf-156d-4c8d-838c-463811930e31','2026-06-01T09:30:00+02:00',1780299000000000,'held',1,'micro',NULL,NULL,'microphone','daemon');
INSERT INTO "event" VALUES(4,'cfc20419-e092-4abb-99d6-e4edf52dd19b','2026-06-01T09:40:00+02:00',1780299600000000,'prompted',1,'micro','helicopters',NULL,NULL,'daemon');
INSERT INTO "event" VALUES(5,'ea83aad4-f7fa-41e1-a701-c7bcd6c8664b','2026-06-01T09:40:12+02:00',1780299612000000,'started',1,'micro','helicopters',NULL,NULL,'notification');
INSERT INTO "event" VALUES(6,'bd73c21b-6599-4c85-b5cb-c00907841a4c','2026-06-01T09:42:18+02:00',1780299738000000,'taken',1,'micro','helicopters',120,NULL,'routine');
INSERT INTO "event" VALUES(7,'42592286-efe0-47f9-b24a-83a11d21c43b','2026-06-01T10:15:00+02:00',1780301700000000,'natural',2,'walk',NULL,1500,NULL,'daemon');
INSERT INTO "event" VALUES(8,'a9d0d5c3-fe95-4aa3-a35e-1622fac6609f','2026-06-01T11:00:00+02:00',1780304400000000,'due',3,'micro',NULL,NULL,NULL,'daemon');
INSERT INTO "event" VALUES(9,'8c28b903-5b32-4cd9-a279-0636a616681c','2026-06-01T11:00:00+02:00',1780304400000000,'prompted',3,'micro','café',NULL,NULL,'daemon');
INSERT INTO "event" VALUES(10,'bf54cccb-04a6-4782-9441-3cd58a33b385','2026-06-01T11:01:00+02:00',1780304460000000,'snoozed',3,'micro','café',300,NULL,'tray');
INSERT INTO "event" VALUES(11,'c9bfec78-2190-4944-9094-0102bbee7676','2026-06-01T11:06:00+02:00',1780304760000000,'prompted',3,'micro','café',NULL,NULL,'daemon');
INSERT INTO "event" VALUES(12,'6c673e7f-3a53-4ed9-b196-2e5f2550e476','2026-06-01T11:07:00+02:00',1780304820000000,'skipped',3,'micro','café',NULL,NULL,'cli');
INSERT INTO "event" VALUES(13,'f958b5ae-d202-411c-be35-7b5c2afb1540','2026-06-01T17:20:00+02:00',1780327200000000,'daemon_stopped',NULL,NULL,NULL,NULL,NULL,'daemon');
INSERT INTO "event" VALUES(14,'4c2b8129-fccb-4673-9ac4-0f0847a24f5d','2026-06-02T09:00:00+02:00',1780383600000000,'daemon_started',NULL,NULL,NULL,NULL,NULL,'daemon');
INSERT INTO "event" VALUES(15,'e6db8d8e-64ed-40aa-96c6-b2fe226ee596','2026-06-02T09:30:00+02:00',1780385400000000,'due',4,'micro',NULL,NULL,NULL,'daemon');
INSERT INTO "event" VALUES(16,'2d6464a1-1082-4017-9be4-19c5f0c82757','2026-06-02T09:30:00+02:00',1780385400000000,'prompted',4,'micro','bridges',NULL,NULL,'daemon');
CREATE INDEX event_day ON event (day);
CREATE INDEX event_outcome_day ON event (outcome_day) WHERE outcome_day IS NOT NULL;
CREATE INDEX event_offer ON event (offer, outcome_day);
CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE VIEW last (id, offer) AS SELECT
        max(deleted.id, coalesce((SELECT max(id) FROM event), 0)),
        max(deleted.offer, coalesce((SELECT max(offer) FROM event), 0))
        FROM deleted;
CREATE TRIGGER event_ids_grow_by_one BEFORE INSERT ON event
    WHEN NEW.id IS NOT (SELECT id + 1 FROM last) OR EXISTS (SELECT 1 FROM event WHERE uid = NEW.uid)
    BEGIN SELECT RAISE(ABORT, 'the log is append-only, and its ids grow by one'); END;
COMMIT;
