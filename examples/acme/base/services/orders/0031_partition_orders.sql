-- Orders by month; the names are swapped in the last transaction.
create table orders_by_month (like orders including defaults) partition by range (placed_at);

create table orders_2025_11 partition of orders_by_month for values from ('2025-11-01') to ('2025-12-01');
create table orders_2025_12 partition of orders_by_month for values from ('2025-12-01') to ('2026-01-01');
create table orders_older partition of orders_by_month default;

create index orders_by_month_customer on orders_by_month (customer_id, placed_at desc);
