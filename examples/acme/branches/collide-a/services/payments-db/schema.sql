-- The payments database. Amounts are in minor units of the currency.
create table payment (
    id          uuid primary key,
    order_id    uuid        not null,
    amount      bigint      not null check (amount > 0),
    currency    char(3)     not null,
    state       text        not null check (state in ('new', 'authorised', 'captured', 'refunded', 'declined')),
    created_at  timestamptz not null default now()
);

create index payment_order on payment (order_id);
create index payment_open on payment (state, created_at) where state in ('new', 'authorised');
