"""The table of GS1 application identifiers (Syntax Dictionary of 2026-01-27), in our own short notation. Read by `identifiers`.

`ROWS`, a line each: AI or first-last | flags | components | needs | excludes | key | title.
Flags: `=` fixed length, no separator needed; `+` allowed in the query of a Digital Link.
Components, cut off one after the other: n digits, x CSET 82, y CSET 39, z base64url; then the length, `-` before it meaning up to;
`~` in front means it may be missing; behind each `/` a content rule (see `linters`).
Needs: conditions separated by `;`, each a list of alternatives, `+` joining what must stand together. `n` in an AI is any digit.
Key: a primary key of Digital Links, with its qualifiers in order, alternatives separated by `|` written as `!`; `-` if it takes none.
`MEASURES`: the trade (t), logistic (l) and unit (u) measures, three digits before the number of decimals, 0 to 5: six digits, fixed,
allowed in queries, exclude themselves with other decimals.
"""

from __future__ import annotations

MEASURES = """\
310t NET WEIGHT (kg)
311t LENGTH (m)
312t WIDTH (m)
313t HEIGHT (m)
314t AREA (m²)
315t NET VOLUME (l)
316t NET VOLUME (m³)
320t NET WEIGHT (lb)
321t LENGTH (in)
322t LENGTH (ft)
323t LENGTH (yd)
324t WIDTH (in)
325t WIDTH (ft)
326t WIDTH (yd)
327t HEIGHT (in)
328t HEIGHT (ft)
329t HEIGHT (yd)
330l GROSS WEIGHT (kg)
331l LENGTH (m), log
332l WIDTH (m), log
333l HEIGHT (m), log
334l AREA (m²), log
335l VOLUME (l), log
336l VOLUME (m³), log
337u KG PER m²
340l GROSS WEIGHT (lb)
341l LENGTH (in), log
342l LENGTH (ft), log
343l LENGTH (yd), log
344l WIDTH (in), log
345l WIDTH (ft), log
346l WIDTH (yd), log
347l HEIGHT (in), log
348l HEIGHT (ft), log
349l HEIGHT (yd), log
350t AREA (in²)
351t AREA (ft²)
352t AREA (yd²)
353l AREA (in²), log
354l AREA (ft²), log
355l AREA (yd²), log
356t NET WEIGHT (tr oz)
357t NET VOLUME (oz)
360t NET VOLUME (qt (US))
361t NET VOLUME (gal.)
362l VOLUME (qt (US)), log
363l VOLUME (gal (US)), log
364t NET VOLUME (in³)
365t NET VOLUME (ft³)
366t NET VOLUME (yd³)
367l VOLUME (in³), log
368l VOLUME (ft³), log
369l VOLUME (yd³), log
"""

ROWS = """\
00|=+|n18/csum/gcppos2|||-|SSCC
01|=+|n14/csum/gcppos2||255,37|22,10,21!235|GTIN
02|=+|n14/csum/gcppos2|37|01,03||CONTENT
03|=|n14/csum/gcppos2||01,02,37||MTO GTIN
10|+|x-20|01,02,03,8006,8026|||BATCH/LOT
11|=+|n6/yymmd0|01,02,03,8006,8026|||PROD DATE
12|=+|n6/yymmd0|8020|||DUE DATE
13|=+|n6/yymmd0|01,02,03,8006,8026|||PACK DATE
15|=+|n6/yymmd0|01,02,03,8006,8026|||BEST BEFORE or BEST BY
16|=+|n6/yymmd0|01,02,03,8006,8026|||SELL BY
17|=+|n6/yymmd0|01,02,03,255,8006,8026|||USE BY or EXPIRY
20|=+|n2|01,02,8006,8026|||VARIANT
21||x-20|01,03,8006|235||SERIAL
22||x-20|01|||CPV
235||x-28|01|||TPX
240|+|x-30|01,02,8006,8026|||ADDITIONAL ID
241|+|x-30|01,02,8006,8026|||CUST. PART No.
242|+|n-6|01,02,8006,8026|||MTO VARIANT
243|+|x-20|01|||PCN
250|+|x-30|01,8006;21|||SECONDARY SERIAL
251|+|x-30|01,8006|||REF. TO SOURCE
253|+|n13/csum/gcppos1 ~x-17|||-|GDTI
254||x-20|414|||GLN EXTENSION COMPONENT
255|+|n13/csum/gcppos1 ~n-12||01,02,415,8006,8020,8026|-|GCN
30|+|n-8|01,02|||VAR. COUNT
37|+|n-8|00;02,8026|||COUNT
3900-3909|+|n-15|255,8020|390n,391n,394n,8111||AMOUNT
3910-3919|+|n3/iso4217 n-15|8020|391n||AMOUNT
3920-3929|+|n-15|01;30,31nn,32nn,35nn,36nn|392n,393n||PRICE
3930-3939|+|n3/iso4217 n-15|30,31nn,32nn,35nn,36nn|393n||PRICE
3940-3943|+|n4|255|394n,8111||PRCNT OFF
3950-3955|+|n6|30,31nn,32nn,35nn,36nn|392n,393n,395n,8005||PRICE/UoM
400|+|x-30||||ORDER NUMBER
401|+|x-30/gcppos1|||-|GINC
402|+|n17/csum/gcppos1|||-|GSIN
403|+|x-30|00|||ROUTE
410|=+|n13/csum/gcppos1||||SHIP TO LOC
411|=+|n13/csum/gcppos1||||BILL TO
412|=+|n13/csum/gcppos1||||PURCHASE FROM
413|=+|n13/csum/gcppos1||||SHIP FOR LOC
414|=+|n13/csum/gcppos1|||254!7040|LOC No.
415|=+|n13/csum/gcppos1|8020||8020|PAY TO
416|=+|n13/csum/gcppos1||||PROD/SERV LOC
417|=+|n13/csum/gcppos1|||7040|PARTY
420|+|x-20||421||SHIP TO POST
421|+|n3/iso3166 x-9||4307||SHIP TO POST
422|+|n3/iso3166|01,02,8006,8026|426||ORIGIN
423|+|n3/iso3166 ~n3/iso3166 ~n3/iso3166 ~n3/iso3166 ~n3/iso3166|01,02|426||COUNTRY - INITIAL PROCESS
424|+|n3/iso3166|01,02|426||COUNTRY - PROCESS
425|+|n3/iso3166 ~n3/iso3166 ~n3/iso3166 ~n3/iso3166 ~n3/iso3166|01,02|426||COUNTRY - DISASSEMBLY
426|+|n3/iso3166|01,02|||COUNTRY - FULL PROCESS
427|+|x-3|01,02;422|||ORIGIN SUBDIVISION
4300|+|x-35/pcenc|00|||SHIP TO COMP
4301|+|x-35/pcenc|00|||SHIP TO NAME
4302|+|x-70/pcenc|00|||SHIP TO ADD1
4303|+|x-70/pcenc|4302|||SHIP TO ADD2
4304|+|x-70/pcenc|00|||SHIP TO SUB
4305|+|x-70/pcenc|00|||SHIP TO LOC
4306|+|x-70/pcenc|00|||SHIP TO REG
4307|+|x2/iso3166alpha2|00|||SHIP TO COUNTRY
4308|+|x-30|00|||SHIP TO PHONE
4309|+|n10/latitude n10/longitude|00|||SHIP TO GEO
4310|+|x-35/pcenc|00|||RTN TO COMP
4311|+|x-35/pcenc|00|||RTN TO NAME
4312|+|x-70/pcenc|00|||RTN TO ADD1
4313|+|x-70/pcenc|4312|||RTN TO ADD2
4314|+|x-70/pcenc|00|||RTN TO SUB
4315|+|x-70/pcenc|00|||RTN TO LOC
4316|+|x-70/pcenc|00|||RTN TO REG
4317|+|x2/iso3166alpha2|00|||RTN TO COUNTRY
4318|+|x-20|00|||RTN TO POST
4319|+|x-30|00|||RTN TO PHONE
4320|+|x-35/pcenc|00|||SRV DESCRIPTION
4321|+|n1/yesno|00|||DANGEROUS GOODS
4322|+|n1/yesno|00|||AUTH TO LEAVE
4323|+|n1/yesno|00|||SIG REQUIRED
4324|+|n6/yymmd0 n4/hhmi|00|||NOT BEF DEL DT
4325|+|n6/yymmd0 n4/hhmi|00|||NOT AFT DEL DT
4326|+|n6/yymmdd|00|||REL DATE
4330|+|n6 ~x1/hyphen|00|4331||MAX TEMP F.
4331|+|n6 ~x1/hyphen|00|4330||MAX TEMP C.
4332|+|n6 ~x1/hyphen|00|4333||MIN TEMP F.
4333|+|n6 ~x1/hyphen|00|4332||MIN TEMP C.
7001|+|n13|01,02,8006,8026|||NSN
7002|+|x-30|01,02|||MEAT CUT
7003|+|n6/yymmdd n4/hhmi|01,02|||EXPIRY TIME
7004|+|n-4|01+10|||ACTIVE POTENCY
7005|+|x-12|01,02|||CATCH AREA
7006|+|n6/yymmdd|01,02|||FIRST FREEZE DATE
7007|+|n6/yymmdd ~n6/yymmdd|01,02|||HARVEST DATE
7008|+|x-3|01,02|||AQUATIC SPECIES
7009|+|x-10|01,02|||FISHING GEAR TYPE
7010|+|x-2|01,02|||PROD METHOD
7011|+|n6/yymmdd ~n4/hhmi|01,02|||TEST BY DATE
7020|+|x-20|01,8006;416|||REFURB LOT
7021|+|x-20|01,8006|||FUNC STAT
7022|+|x-20|7021|||REV STAT
7023|+|x-30/gcppos1||||GIAI - ASSEMBLY
7030|+|n3/iso3166999 x-27|01,02|||PROCESSOR # 0
7031|+|n3/iso3166999 x-27|01,02|||PROCESSOR # 1
7032|+|n3/iso3166999 x-27|01,02|||PROCESSOR # 2
7033|+|n3/iso3166999 x-27|01,02|||PROCESSOR # 3
7034|+|n3/iso3166999 x-27|01,02|||PROCESSOR # 4
7035|+|n3/iso3166999 x-27|01,02|||PROCESSOR # 5
7036|+|n3/iso3166999 x-27|01,02|||PROCESSOR # 6
7037|+|n3/iso3166999 x-27|01,02|||PROCESSOR # 7
7038|+|n3/iso3166999 x-27|01,02|||PROCESSOR # 8
7039|+|n3/iso3166999 x-27|01,02|||PROCESSOR # 9
7040||n1 x1 x1 x1/importeridx||||UIC+EXT
7041||x-4/packagetype|00|||UFRGT UNIT TYPE
710|+|x-20|01|||NHRN PZN
711|+|x-20|01|||NHRN CIP
712|+|x-20|01|||NHRN CN
713|+|x-20|01|||NHRN DRN
714|+|x-20|01|||NHRN AIM
715|+|x-20|01|||NHRN NDC
716|+|x-20|01|||NHRN AIC
717|+|x-20|01|||NHRN SRN
7230|+|x2 x-28|01,8004|||CERT # 1
7231|+|x2 x-28|01,8004|||CERT # 2
7232|+|x2 x-28|01,8004|||CERT # 3
7233|+|x2 x-28|01,8004|||CERT # 4
7234|+|x2 x-28|01,8004|||CERT # 5
7235|+|x2 x-28|01,8004|||CERT # 6
7236|+|x2 x-28|01,8004|||CERT # 7
7237|+|x2 x-28|01,8004|||CERT # 8
7238|+|x2 x-28|01,8004|||CERT # 9
7239|+|x2 x-28|01,8004|||CERT # 10
7240|+|x-20|01,8006|||PROTOCOL
7241|+|n2/mediatype|8017,8018|||AIDC MEDIA TYPE
7242|+|x-25|8017,8018|||VCN
7250|+|n8/yyyymmdd|8018|7251||DOB
7251|+|n8/yyyymmdd n4/hhmi|8018|7250||DOB TIME
7252|+|n1/iso5218|8018|||BIO SEX
7253|+|x-40/pcenc|8017,8018|7256,7259||FAMILY NAME
7254|+|x-40/pcenc|8017,8018|7256,7259||GIVEN NAME
7255|+|x-10|8017,8018|7256,7259||SUFFIX
7256|+|x-90/pcenc|8017,8018|||FULL NAME
7257|+|x-70/pcenc|8018|||PERSON ADDR
7258|+|x3/posinseqslash|8018+7259|||BIRTH SEQUENCE
7259|+|x-40/pcenc|8018|7256||BABY
8001|+|n4/nonzero n5/nonzero n3/nonzero n1/winding n1|01|||DIMENSIONS
8002|+|x-20||||CMT No.
8003|+|n1/zero n13/csum/gcppos1 ~x-16|||-|GRAI
8004|+|x-30/gcppos1|||7040|GIAI
8005|+|n6|01,02|||PRICE PER UNIT
8006|+|n14/csum/gcppos2 n4/pieceoftotal||01,37|22,10,21|ITIP
8007|+|x-34/iban|415|||IBAN
8008|+|n6/yymmdd n2/hh ~n2/mi ~n2/ss|01,02|||PROD TIME
8009|+|x-50|00,01|||OPTSEN
8010|+|y-30/gcppos1|||8011|CPID
8011||n-12/nozeroprefix|8010|||CPID SERIAL
8012|+|x-20|01,8006|||VERSION
8013|+|x-25/csumalpha/gcppos1|||-|GMN
8014||x-25/csumalpha/gcppos1/hasnondigit|01|||MUDI
8017|+|n18/csum/gcppos1||8018|8019|GSRN - PROVIDER
8018|+|n18/csum/gcppos1||8017|8019|GSRN - RECIPIENT
8019||n-10|8017,8018|||SRIN
8020||x-25|415|||REF No.
8026|+|n14/csum/gcppos2 n4/pieceoftotal|37|02,8006||ITIP CONTENT
8030|+|z-90|00,01+21,253,255,8003,8004,8006+21,8010+8011,8017,8018|||DIGSIG
8040||n15|01+21|||IMEI
8041||n15|01+21+8040|||IMEI2
8042||n32|01+21+8040|||ESIM
8043||n18 ~n-2|01+21+8040|||PSIM
8110|+|x-70/couponcode||||
8111|+|n4|255|||POINTS
8112|+|x-70/couponposoffer||||
8200||x-70|01|||PRODUCT URL
90|+|x-30||||INTERNAL
91-99|+|x-90||||INTERNAL
"""
