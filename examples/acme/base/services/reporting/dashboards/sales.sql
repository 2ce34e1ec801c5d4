select date_trunc('day', placed_at) as day,
       country,
       count(*)    as orders,
       sum(amount) as revenue
from   sales
where  placed_at >= current_date - interval '2 years'
group  by 1, 2
order  by 1, 2;
