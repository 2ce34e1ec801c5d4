select date_trunc('month', created_at) as month,
       currency,
       sum(fee)    as fees,
       sum(amount) as amount
from   payment
where  state = 'captured'
group  by 1, 2
order  by 1, 2;
