create table person (id integer primary key, name text not null, born integer, team text);
insert into person (name, born, team) values
  ('Ada', 1815, 'a'), ('Alan', 1912, 'b'), ('Grace', 1906, 'b'), ('Edsger', 1930, 'a'), ('Barbara', 1939, null);
create index by_team on person (team);
select name, born from person where born > 1900 order by born desc;
select team, count(*), min(born), avg(born), group_concat(name, '+') from person group by team order by team;
select p.name, q.name from person p join person q on p.team = q.team and p.id < q.id order by 1, 2;
select name, rank() over (partition by team order by born), sum(born) over (order by id) from person order by id;
with recursive fib(n, a, b) as (select 1, 0, 1 union all select n + 1, b, a + b from fib where n < 60)
  select n, a from fib where n % 12 = 0;
with recursive seq(i) as (select 1 union all select i + 1 from seq where i < 20000)
  select count(*), sum(i * i % 97), max(hex(i)), total(1.0 / i) > 10.4 from seq;
begin; update person set team = 'c' where team is null; delete from person where born < 1900; rollback;
select count(*), count(team) from person;
create trigger stamp after insert on person begin update person set name = upper(new.name) where id = new.id; end;
insert into person (name, born) values ('niklaus', 1934);
select name, length(name), substr(name, 2, 3), replace(name, 'A', 'x'), printf('%05d|%-6s|%.3f', born, name, born / 7.0)
  from person where id = 6;
select typeof(1), typeof(1.5), typeof('x'), typeof(null), typeof(x'00'), 7 / 2, 7 % 3, 7.0 / 2, 1 << 40, ~0, abs(-5), round(2.567, 1);
select date('2024-02-29', '+1 year'), julianday('2000-01-01'), strftime('%Y-%W', '2026-11-21');
select 'ab' || 'cd', 'abc' like 'A%', 'abc' glob 'A*', coalesce(null, 3), case when 1 < 2 then 'yes' else 'no' end;
pragma integrity_check;
