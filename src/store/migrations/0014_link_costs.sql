-- What the paid links have brought this month: asked for while the contacts of all years stand there. 16: by an acquisition link.
create index contacts_by_link on contacts (added_at) where add_way = 16;
create index invitations_added on invitations (added_at) where added_at is not null;
