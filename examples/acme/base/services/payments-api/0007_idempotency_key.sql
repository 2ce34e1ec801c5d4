-- Requests that carry a key we have seen get the answer of the first one.
create table idempotency_key (
    key         text primary key,
    payment_id  uuid references payment (id),
    answer      jsonb,
    created_at  timestamptz not null default now()
);

create index idempotency_key_age on idempotency_key (created_at);
