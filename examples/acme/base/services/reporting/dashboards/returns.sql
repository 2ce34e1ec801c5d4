select date_trunc('day', returned_at) as day,
       reason,
       count(*)    as returns,
       sum(amount) as refunded
from   returns
group  by 1, 2
order  by 1, 2;
