-- +goose Up

-- What is new waits in a list in front of an index of terms, and every search
-- reads that list from end to end. At the 4 MB that are the default, a page of
-- the newsroom with its dozen searches took a tenth of a second longer after an
-- import. A save still writes only the list.
ALTER INDEX search_terms SET (gin_pending_list_limit = 256);
ALTER INDEX work_search_terms SET (gin_pending_list_limit = 256);
ALTER INDEX picture_search_terms SET (gin_pending_list_limit = 256);

-- A card is written anew with every save. What the old ones leave behind is
-- cleared away after a thousand of them, not after a fifth of the archive.
ALTER TABLE work SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
ALTER TABLE work_search SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
