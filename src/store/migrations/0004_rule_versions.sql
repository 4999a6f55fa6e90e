-- Rule set versions that wait: for a second person, or for their time.

-- approval: 'required' means that a version goes live only after somebody other than its author has approved it.
create table routing_settings (
  one        boolean primary key default true check (one),
  approval   text        not null default 'none' check (approval in ('none', 'required')),
  changed_by text,
  changed_at timestamptz
);
insert into routing_settings default values;

-- needs_approval is stamped when a version is stored: turning the switch off later approves nothing.
alter table rulesets add column needs_approval boolean not null default false;
alter table rulesets add column approved_at timestamptz;
alter table rulesets add column activated_by text;
alter table rulesets add column withdrawn_by text;
create index rulesets_scheduled on rulesets (activate_at) where activate_at is not null and activated_at is null;
