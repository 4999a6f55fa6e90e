-- One rollup for every funnel, also for those that cross dimensions (docs/decisions/0033). It takes the place of the cells of 0008; the
-- journeys are counted again, as after a change of the definitions.
drop table figure_funnel;

-- `n` journeys of this day, alike in all that can be asked for, with these `bits`: those of `stages`, then those of `pairs`; their `before`
-- is infinity. The other rows take away persons who were there `before`, from questions about nothing but what is the `same` in both
-- journeys (bit 0 channel, 1 campaign, 2 RM, 3 branch). What is not the same is null there; of the branch, the steps from above that are
-- stay. `level`: which of the columns (the same bits) are kept apart at all; few of them are few rows.
create table figure_funnel (
  level    smallint not null,
  day      date     not null,
  channel  text,
  campaign text,
  branch   text,
  rm       text,
  bits     smallint not null,
  same     smallint not null,
  before   date     not null,
  n        integer  not null,
  unique nulls not distinct (level, rm, day, channel, campaign, branch, bits, same, before)
);
create index figure_funnel_by_day on figure_funnel (level, day);

-- The journeys themselves are asked for nothing any more.
alter table figure_journeys drop column several;
drop index figure_journeys_by_day;

-- For the comparison: to which stratum somebody belongs, each from the Monday on that stands in the same place of `strata_since`.
-- So one row of his answers for any week.
drop table figure_segments, figure_activity;
truncate figure_people;
alter table figure_people
  drop column since,
  add column strata       text[] not null,
  add column strata_since date[] not null;
